// Package disk writes files whole: a reader sees the old content or the new one, never half of it. Files that several
// programs write are changed under a lock, and what a killed program left behind is cleared away.
//
// In: a path and bytes. Out: a whole file or an error. Begin reading with write.go.
package disk
