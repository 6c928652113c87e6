package unidic

import "unsafe"

// plain is what the tables are made of: structs of integers without pointers, whose bytes can be stored and mapped as they are.
type plain interface {
	byte | int16 | trieNode | group | entry | word | grammar | kind
}

// viewBytes returns the memory of a slice.
func viewBytes[T plain](s []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(one)))
}

// view returns bytes as a slice, and whether they are one: whole elements, aligned.
func view[T plain](b []byte) ([]T, bool) {
	var one T
	size, start := unsafe.Sizeof(one), unsafe.Pointer(unsafe.SliceData(b))
	if len(b)%int(size) != 0 || uintptr(start)%unsafe.Alignof(one) != 0 {
		return nil, false
	}
	return unsafe.Slice((*T)(start), len(b)/int(size)), true
}

// viewString returns bytes that never change as a string.
func viewString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
