// Package sample is one plan with made-up but plausible answers, for tests and goldens of the screens: nothing in it
// depends on the simulator, so that a better model of the hardware does not change a picture. The program itself never
// uses it.
//
// In: answers. Out: reports that look like an engine's. Begin reading with Open.
package sample
