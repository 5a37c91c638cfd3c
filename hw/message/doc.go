// Package message is what the program says to people, as values: a key of the tables of texts and what fills the places
// of its text. A room that has something to say makes a Message (or, where it goes wrong, an Error) and never a
// sentence; the screen, the command line and the writers of reports word it, each in the language of its reader.
//
// In: keys and arguments from every room; the tables assets/text/LANG-*.toml. Out: a sentence of one language.
//
// To add a message:
//
//  1. Write its text into the file of its topic in every language, under one key: assets/text/en-reason.toml
//     `[reason]` / `memory = "{0} needs {1:.2f} GiB more"`, and the same key in zh-reason.toml. {0}, {1} … are the
//     arguments in order; {1:.2f} gives a verb of fmt without its per cent sign. A language may change the order of
//     places and leave the verb alone; it may not leave a place out.
//  2. Say it where it arises: message.New("reason.memory", phase, gib), or message.Fault("reason.memory", …) where an
//     error is wanted. Arguments are numbers, texts that are the same in all languages (names, flags), other messages,
//     errors and lists of these.
//  3. Tests hold every key that Go code names against the tables, the places of the languages against each other, and
//     the number of arguments against the places.
//
// Begin reading with Message.
package message
