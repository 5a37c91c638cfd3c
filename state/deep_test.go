package state

import (
	"reflect"
	"unsafe"

	"fathom/sim/model"
)

var models = func() map[string]*model.Model {
	out := map[string]*model.Model{}
	for _, name := range []string{dense, moe} {
		m, err := model.Find(name)
		if err != nil {
			panic(err)
		}
		out[name] = m
	}
	return out
}()

// deepCopy copies a value with its slices and maps, unexported fields too. Pointers are kept.
func deepCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(open2(v))
	fill(out)
	return out
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(reachable(v.Field(i)))
		}
	case reflect.Array:
		if v.Len() > 0 && simple(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		v.Set(c)
		if simple(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	}
}

// reachable makes an unexported field of an addressable struct settable.
func reachable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

func open2(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}

// simple reports whether a type holds no slice; report rows are immutable and many.
func simple(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Interface:
		return false
	case reflect.Struct:
		if t.PkgPath() == "fathom/sim/report" {
			return true
		}
		for i := range t.NumField() {
			if !simple(t.Field(i).Type) {
				return false
			}
		}
	case reflect.Array:
		return simple(t.Elem())
	}
	return true
}

// same compares two models without following pointers: what they point to is immutable, so the address says all.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Array:
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer, reflect.Func, reflect.Map:
		return a.Pointer() == b.Pointer()
	case reflect.Interface:
		return a.IsNil() == b.IsNil()
	}
	return a.Equal(b)
}
