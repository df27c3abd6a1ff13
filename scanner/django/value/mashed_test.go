package value

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// otherWords are words that neither the model nor a list of this package was
// made from.
const otherWords = `sifre gizlianahtar parolam proje degistir uygulama kulcs titkos jelszo alkalmazas projekt avain salainen salasana sovellus nokkel hemmelig passord losenord geheimnis schlussel kennwort anwendung entwicklung wachtwoord sleutel geheim toepassing kljuc tajni lozinka aplikacija heslo tajne zmenit aplikace vyvoj slaptas raktas paslepta slepena atslega voti salajane khoabimat matkhau bimat ungdung kunci sandi rahasia aplikasi ganti lihim susi palihim siri ufunguo nywila kinyume tajnykluczdostepu haslo dostep zmien aplikacja wdrozenie serwer produkcja cheia secreta parola schimba aplicatie contrasena clave secreto cambiar aplicacion desarrollo segredo mudar aplicativo desenvolvimento chiavesegreta cambiami applicazione sviluppo klyuch sekret parol prilozhenie smenit razrabotka himitsu kagi henkou kaihatsu bimil yeolsoe mima miyao mishi xiangmu gaibian wanglu fuwuqi kleidi mystiko kodikos efarmogi mafteach sodi sisma miftah sirr kalima chabi gupt pasvard rahasya ragasiyam kaval zrkadlo skrzynka czerwony przyjaciel szczescie wszystko dzien nacht strassenbahn zwiebel gluck schmetterling krokodyl zebra jazz quiz lynx kwiaty`

// mash is what hands do on a keyboard that should give something random.
func mash(r *rand.Rand) string {
	rows := []string{"asdfghjkl", "qwertyuiop", "zxcvbnm", "asdfjkl", "1234567890", "jhkljhd", "sdfgsdf"}
	var out strings.Builder
	for n := 14 + r.IntN(24); out.Len() < n; {
		row := pick(r, rows)
		for range 1 + r.IntN(4) {
			out.WriteByte(row[r.IntN(len(row))])
		}
	}
	return out.String()
}

func TestForeignWordsAreNotMashed(t *testing.T) {
	list := strings.Fields(otherWords + " " + rateWords)
	words := func(r *rand.Rand) string {
		out := ""
		for range 2 + r.IntN(4) {
			out += pick(r, list)
		}
		return out
	}
	for _, c := range []struct {
		name     string
		make     func(*rand.Rand) string
		from, to int // of 2000, taken for keys
	}{
		{"foreign words", words, 0, 16},
		{"mashed", mash, 1940, 2000},
		{"16 small letters", drawn(rateLower, 16), 1780, 2000},
	} {
		r := rand.New(rand.NewPCG(5, 1))
		taken := 0
		for range 2000 {
			if Classify(c.make(r), "") <= Mashed {
				taken++
			}
		}
		if taken < c.from || taken > c.to {
			t.Errorf("%s: %d of 2000 are keys, want %d to %d", c.name, taken, c.from, c.to)
		}
	}
}
