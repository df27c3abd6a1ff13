package forms

// An answer is what a form says about an anchor: the zero value if what is
// there is not written in this form, so that the next one is asked.
type answer struct {
	claimed bool         // it is; nobody else is asked
	found   []Assignment // the values, if there are any
	end     int          // offset after what the form has read: names before it are its parts
}

// pass and claimed are the answers without a value: the form does not recognise
// what is there, or it does, and it is a comparison, a message, a reference.
var (
	pass    = answer{}
	claimed = answer{claimed: true}
)

// found is the answer with a value.
func found(a Assignment) answer { return answer{claimed: true, found: []Assignment{a}} }
