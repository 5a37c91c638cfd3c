// Package serve is the dashboard as an SSH application. Whoever has a key of the authorized_keys file gets a session
// with a model, a renderer and a history of its own, the embedded engine, the catalog and the server's profiles. There
// is no shell, no command, no subsystem and no forwarding, and no path of the server is read or written for a guest.
//
// In: an address, keys and limits. Out: sessions, each a program of ui. Begin reading with Run.
package serve
