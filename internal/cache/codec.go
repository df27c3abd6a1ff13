package cache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// Encode writes plain data for a file of this program: the exported fields of
// structs, slices, pointers, numbers, strings and times. Equal strings are written
// once, as a report repeats the names of refs thousands of times. The layout is
// that of the types, so only the same build can read it. v may be a pointer.
func Encode(v any) []byte {
	value := reflect.Indirect(reflect.ValueOf(v))
	e := encoder{out: make([]byte, 0, bulk(value)+64<<10), strings: map[string]uint64{}, fields: fields{}}
	e.value(value)
	return e.out
}

// bulk is the size in bytes of the long slices in a struct, which would be copied
// several times while what is written grows.
func bulk(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			n += bulk(v.Field(i))
		}
	case reflect.Slice:
		if kind := v.Type().Elem().Kind(); kind == reflect.Uint8 || kind == reflect.Uint32 {
			n = v.Len() * int(v.Type().Elem().Size())
		}
	}
	return n
}

// Decode reads what Encode has written into the value that v points to.
func Decode(data []byte, v any) error {
	d := decoder{in: data, fields: fields{}}
	d.value(reflect.ValueOf(v).Elem())
	if d.err == nil && len(d.in) > 0 {
		d.err = errDamaged
	}
	return d.err
}

var (
	errDamaged = errors.New("damaged")
	timeType   = reflect.TypeFor[time.Time]()
)

// fields are the indexes of the exported fields of structs. To ask reflection for them
// takes longer than to write them.
type fields map[reflect.Type][]int

func (f fields) of(t reflect.Type) []int {
	list, known := f[t]
	if !known {
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				list = append(list, i)
			}
		}
		f[t] = list
	}
	return list
}

type encoder struct {
	out     []byte
	strings map[string]uint64
	fields  fields
}

func (e *encoder) number(n uint64) { e.out = binary.AppendUvarint(e.out, n) }

// text writes a string: 0, its length and its bytes, or the number of an earlier
// one.
func (e *encoder) text(s string) {
	if n, known := e.strings[s]; known {
		e.number(n)
		return
	}
	e.strings[s] = uint64(len(e.strings) + 1)
	e.number(0)
	e.number(uint64(len(s)))
	e.out = append(e.out, s...)
}

func (e *encoder) value(v reflect.Value) {
	if v.Type() == timeType {
		text, err := v.Interface().(time.Time).MarshalBinary()
		if err != nil {
			panic("cache: " + err.Error()) // a zone of fractions of a minute
		}
		e.text(string(text))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		n := uint64(0)
		if v.Bool() {
			n = 1
		}
		e.number(n)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.out = binary.AppendVarint(e.out, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		e.number(v.Uint())
	case reflect.String:
		e.text(v.String())
	case reflect.Pointer:
		if v.IsNil() {
			e.number(0)
			return
		}
		e.number(1)
		e.value(v.Elem())
	case reflect.Slice:
		e.slice(v)
	case reflect.Struct:
		for _, i := range e.fields.of(v.Type()) {
			e.value(v.Field(i))
		}
	default:
		panic(fmt.Sprintf("cache: %s cannot be written", v.Type()))
	}
}

// slice writes a slice with its length plus one; 0 is nil.
func (e *encoder) slice(v reflect.Value) {
	if v.IsNil() {
		e.number(0)
		return
	}
	e.number(uint64(v.Len()) + 1)
	switch list := v.Interface().(type) {
	case []byte:
		e.out = append(e.out, list...)
	case []uint32:
		for _, n := range list {
			e.out = binary.LittleEndian.AppendUint32(e.out, n)
		}
	case []string:
		for _, s := range list {
			e.text(s)
		}
	default:
		for i := range v.Len() {
			e.value(v.Index(i))
		}
	}
}

// decoder reads; after the first error it reads zeros.
type decoder struct {
	in      []byte
	strings []string
	fields  fields
	err     error
}

func (d *decoder) damaged() {
	d.in, d.err = nil, errDamaged
}

func (d *decoder) number() uint64 {
	n, width := binary.Uvarint(d.in)
	if width <= 0 {
		d.damaged()
		return 0
	}
	d.in = d.in[width:]
	return n
}

// bytes takes n values of so many bytes each.
func (d *decoder) bytes(n uint64, size int) []byte {
	if n > uint64(len(d.in)/size) {
		d.damaged()
		return nil
	}
	b := d.in[:int(n)*size]
	d.in = d.in[len(b):]
	return b
}

// count is a number of values, each of which takes at least one byte.
func (d *decoder) count(n uint64) int {
	if n > uint64(len(d.in)) {
		d.damaged()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.number()
	if n > uint64(len(d.strings)) {
		d.damaged()
		return ""
	}
	if n > 0 {
		return d.strings[n-1]
	}
	s := string(d.bytes(d.number(), 1))
	d.strings = append(d.strings, s)
	return s
}

func (d *decoder) value(v reflect.Value) {
	if v.Type() == timeType {
		if err := v.Addr().Interface().(*time.Time).UnmarshalBinary([]byte(d.text())); err != nil {
			d.damaged()
		}
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(d.number() == 1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, width := binary.Varint(d.in)
		if width <= 0 {
			d.damaged()
			return
		}
		d.in = d.in[width:]
		v.SetInt(n)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(d.number())
	case reflect.String:
		v.SetString(d.text())
	case reflect.Pointer:
		if d.number() == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			d.value(v.Elem())
		}
	case reflect.Slice:
		d.slice(v)
	case reflect.Struct:
		for _, i := range d.fields.of(v.Type()) {
			d.value(v.Field(i))
		}
	default:
		d.damaged()
	}
}

func (d *decoder) slice(v reflect.Value) {
	n := d.number()
	if n == 0 {
		return
	}
	n--
	switch list := v.Addr().Interface().(type) {
	case *[]byte:
		*list = append([]byte{}, d.bytes(n, 1)...)
	case *[]uint32:
		raw := d.bytes(n, 4)
		*list = make([]uint32, len(raw)/4)
		for i := range *list {
			(*list)[i] = binary.LittleEndian.Uint32(raw[4*i:])
		}
	case *[]string:
		*list = make([]string, d.count(n))
		for i := range *list {
			(*list)[i] = d.text()
		}
	default:
		length := d.count(n)
		v.Set(reflect.MakeSlice(v.Type(), length, length))
		for i := 0; i < length && d.err == nil; i++ {
			d.value(v.Index(i))
		}
	}
}
