package dossier

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djleaks/djleaks/internal/project"
	"github.com/djleaks/djleaks/internal/radius"
	"github.com/djleaks/djleaks/scanner"
)

// saveData is what has to happen before the new key, or data is lost.
func (b *book) saveData() {
	data := b.effects(scanner.EffectData)
	if b.project != nil && len(data) > 0 {
		if name, at, ok := b.project.RotationCommand(); ok {
			b.at(scanner.ThisHour, at, "This project has a command that may do the steps below about its data; read what it does first.", "python manage.py "+name+" --help")
		}
	}
	for len(data) > 0 {
		first, do := data[0], b.savingWords(&data[0])
		var also []string
		data = slices.DeleteFunc(data, func(e scanner.Effect) bool {
			same := b.savingWords(&e) == do
			if same {
				also = append(also, e.Path+":"+strconv.Itoa(e.Line))
			}
			return same
		})
		if len(also) > 1 {
			do += " The same in " + strings.Join(also[1:], ", ") + "."
		}
		b.at(scanner.ThisHour, project.Site{Path: first.Path, Line: first.Line}, do, "")
	}
	for _, e := range b.effects(scanner.EffectCode) {
		if e.Feature == radius.TaskQueue {
			b.at(scanner.ThisHour, project.Site{Path: e.Path, Line: e.Line},
				"Before the new key: stop what puts tasks into the queue, let the workers empty it, stop them; start all with the new key. Tasks that are queued would be refused.", "python manage.py qinfo")
		}
	}
}

// savingWords say how the data of a feature survives a rotation, and in which
// files it is.
func (b *book) savingWords(e *scanner.Effect) string {
	how, ok := saving[e.Feature]
	if !ok {
		how = e.Rotation + "."
	}
	do := "Before the new key: " + e.Feature + ": " + how
	if columns := b.radius.Columns[e.Feature]; columns != "" {
		do += " Here " + columns + "."
	}
	return do
}

// saving is how the data of a feature survives a rotation. Of others the effect
// itself says what happens to it.
var saving = map[string]string{
	radius.FernetFields:          "set FERNET_KEYS = [a new key, the old SECRET_KEY], save every row again, then drop the old one from the list.",
	radius.DjangoCryptography:    "read every row with the old key and save it with the new one in one script; CRYPTOGRAPHY_KEY alone is not enough, because the signature uses SECRET_KEY.",
	radius.Mirage:                "set MIRAGE_SECRET_KEY to the old SECRET_KEY, so that reading goes on; then encrypt every row with a key of its own. Without that the ciphertext is returned as if it were the value.",
	radius.FernetEncryptedFields: "read every row with the old key and save it with the new one. Check first what your version does with what it cannot decrypt: old ones return the ciphertext, and a save encrypts it twice.",
	radius.ChannelMessages:       "symmetric_encryption_keys = [the new key, the old key] until no message is in flight, then the new one alone.",
	radius.RestAuthFactors:       "in a one-off shell with both keys sign every stored secret again; otherwise every user with a second factor is locked out.",
	radius.StoredSignatures:      "compute the stored values again with the new key, or give this code a key of its own.",
	radius.StoredSigning:         "compute the stored values again with the new key, or give this code a key of its own.",
	radius.StoredHMAC:            "compute the stored values again with the new key, or give this code a key of its own.",
	radius.OwnEncryption:         "if what it encrypts is stored, give it a key of its own whose first value is the old material (MultiFernet takes [new, old]), save every row again, count what still opens with the old one only, and drop that. What is only sent, in a link for example, just stops working.",
}
