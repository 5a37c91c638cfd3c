// Package file reads and writes saved plans: a flat TOML document of keys with one or more words each. It knows no
// question by name; the field table gives the keys their meaning. Pure: text in, text out.
//
// In: the text of a plan, or entries. Out: entries, or the text. Begin reading with Decode and Encode.
package file
