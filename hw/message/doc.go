// Package message holds what the program says to people, as data: the tables of texts, one a language.
package message
