// Package fleet plans replicas over a day: how many of them a load needs from hour to hour, what a fleet of one size
// keeps within the limits, what one that follows its load keeps and saves, and what happens when a replica fails.
// Replicas are played (sim/traffic); nothing is multiplied. A day of few requests is played whole, one of many in
// windows of every slot, each at the slot's worst moment. Of the largest fleets the peak is played whole where its
// requests can be held, and the rest with a sample of the replicas, which has its share of the requests.
//
// In: a Curve of arrivals, a Deployment. Out: a Plan. Begin reading with Curve, then Make.
package fleet
