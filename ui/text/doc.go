// Package text looks up what the screens say. Every sentence lives in a catalog in assets, one a language, so that a
// translation is one file and no code.
//
// In: keys and messages (hw/message). Out: sentences of one language. Begin reading with Catalog.
package text
