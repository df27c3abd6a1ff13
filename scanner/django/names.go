package django

// nameClass says whose key a name is.
type nameClass uint8

const (
	nameNone  nameClass = iota // no key of a Django site
	nameOther                  // a sibling: SECRET, JWT_SECRET_KEY, SIGNING_KEY, …
	nameMain                   // SECRET_KEY, DJANGO_SECRET_KEY, OLD_SECRET_KEY, …
)

// judgeName says what a name as written stands for.
func judgeName(name string) nameClass { return nameMain }
