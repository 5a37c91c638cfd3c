// Package manifest writes a row down as files that a platform takes: LeaderWorkerSets, values of llm-d's charts, a
// DynamoGraphDeployment, service configs of MindIE, a compose file. What the row needs and a platform cannot say is a
// comment at the head of a file. Fields are those of the platforms' published schemas; assets/platforms.toml cites
// them.
//
// In: a row or a pair of rows with its request and profiles. Out: named files whose heads are messages, or the reason
// why a platform cannot serve it. Begin reading with Write.
package manifest
