// Package plan holds the questions that a user answers, as values: what to serve, on what, how, and within which
// limits. It knows no terminal, no file and no formula.
//
// In: nothing. Out: Request, Strategy, Quant, and the enums of every choice. Begin reading with Request.
package plan
