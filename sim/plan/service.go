package plan

// Service is the traffic that a plan is played against beside a benchmark: recorded requests, conversations, or a day
// of a fleet. The zero value is none.
type Service struct {
	Trace              string  // path of a file of requests; "": none
	TraceFormat        string  // "": told by its content
	TraceScale         float64 // times its rate; 0: as it is
	TraceFrom, TraceTo float64 // seconds of the file; TraceTo 0: to its end
	Sessions           Sessions
	Tiers              Tiers
	Routing            string  // of requests to replicas; "": least loaded
	Replicas           int     // of the instance that the plan has devices for; 0: 1
	Fleet              string  // path of an arrival curve, or the name of a shape; "": none
	Scaling            Scaling // of a fleet
}

// Asked tells a request that is to be played as a service.
func (s *Service) Asked() bool { return s.Trace != "" || s.Sessions.Turns > 0 || s.Fleet != "" }

// Sessions are conversations of several turns; Turns 0: there are none.
type Sessions struct {
	Turns  float64 // mean
	Think  float64 // mean seconds from an answer to the next turn
	System float64 // tokens of a system prompt
	Groups float64 // system prompts
}

// Tiers are places for the KV cache below the devices' memory, of each device; 0: there is none.
type Tiers struct {
	// Host memory: its size, and what comes up per second in 10^9 bytes; 0: as the device's profile has its link.
	HostGiB, HostGBs float64
	SSDGiB, SSDGBs   float64
}

// Scaling is how a fleet follows its load. 0 is the default of each.
type Scaling struct {
	Min, Max  float64 // replicas
	ColdStart float64 // seconds until a new replica serves
	Down      float64 // seconds for which fewer have to do before one goes
	Target    float64 // share of what a replica serves within the limits that it is given
	Spare     float64 // replicas beside those that are needed
}
