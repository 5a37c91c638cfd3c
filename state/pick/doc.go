// Package pick finds names in a list by what people type of them: words in any order, parts of words, and the
// beginnings that a name is often shortened to ("dsv3"). It knows nothing of what the names stand for.
package pick
