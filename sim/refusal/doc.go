// Package refusal says why a request cannot be searched, before anything runs.
//
// In: a plan.Request. Out: a report.Failure that names the input at fault, or nil. It looks at values alone, so that a
// form says at once what a run would say. OfIndex refuses nothing, it says what weights contradict, and Floor what no
// pass can be faster than.
// Begin reading with Of.
package refusal
