// Package value judges values and names, without the text that they are in:
// was a value drawn by a generator, made up by a person, or is it no key at
// all; is a name that of a Django site's key. It explains its judgement without
// showing the value, and measures how often it is wrong.
package value
