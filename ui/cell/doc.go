// Package cell measures and shapes text in terminal cells. A Chinese character is two cells, an escape sequence none;
// bytes and runes are never counted.
//
// In: styled text. Out: text cut, padded or wrapped to cells, harmless to a terminal. Begin reading with Width.
package cell
