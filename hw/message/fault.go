package message

import (
	"errors"
	"io/fs"
	"syscall"
)

// Error is a message that went wrong. Errors among its arguments are what it wraps.
type Error struct{ Said Message }

// Fault makes an error of a message.
func Fault(key string, args ...any) error { return &Error{New(key, args...)} }

// Error is the English.
func (e *Error) Error() string { return e.Said.String() }

// Message is what the error says.
func (e *Error) Message() Message { return e.Said }

// Unwrap gives the errors among the arguments.
func (e *Error) Unwrap() (list []error) {
	for _, a := range e.Said.Args {
		if err, ok := a.(error); ok {
			list = append(list, err)
		}
	}
	return list
}

// system are errors of the operating system that have words in every language.
var system = []struct {
	err error
	key string
}{{fs.ErrNotExist, "system.absent"}, {fs.ErrPermission, "system.forbidden"}, {fs.ErrExist, "system.exists"},
	{syscall.EISDIR, "system.directory"}, {syscall.ENOTDIR, "system.no-directory"},
	{syscall.ENOSPC, "system.full"}, {syscall.EROFS, "system.readonly"}}

// Of gives what an error says. One that was no message says its English.
func Of(err error) Message {
	if err == nil {
		return Message{}
	}
	switch said := err.(type) {
	case Speaker:
		return said.Message()
	case interface{ Messages() []Message }:
		return joined("list.line", said.Messages())
	}
	if at, ok := err.(*fs.PathError); ok {
		if (at.Op == "write" || at.Op == "mkdir") && errors.Is(at.Err, fs.ErrPermission) {
			return New("system.at", at.Path, New("system.unwritable"))
		}
		return New("system.at", at.Path, Of(at.Err))
	}
	if errno, ok := err.(syscall.Errno); ok || err == fs.ErrNotExist || err == fs.ErrPermission || err == fs.ErrExist {
		for _, s := range system {
			if errors.Is(err, s.err) || ok && errors.Is(errno, s.err) {
				return New(s.key)
			}
		}
	}
	return Literal(err.Error())
}

// Each gives what an error says, one message a part: of joined errors, and of those that say several things.
func Each(err error) []Message {
	switch e := err.(type) {
	case nil:
		return nil
	case Speaker:
	case interface{ Messages() []Message }:
		return e.Messages()
	case interface{ Unwrap() []error }:
		var out []Message
		for _, part := range e.Unwrap() {
			out = append(out, Each(part)...)
		}
		return out
	}
	return []Message{Of(err)}
}
