package field

// ID names one question. The order is the order of asking, of the flags in help and of the keys in a saved plan.
type ID uint8

// Every question. Those without a flag of their own (Goal, PrefixCache …) exist for the form and follow from the flags.
const (
	Mode              ID = iota // deployment mode
	Goal                        // disaggregation: measure the phases, or plan the P:D ratio
	Phase                       // phases to measure: prefill, decode, both
	Model                       // catalog name, directory or config.json
	Device                      // hardware profiles
	PrefillPools                // profiles that may prefill, PD ratio
	DecodePools                 // profiles that may decode, PD ratio
	DeviceCount                 // devices of the instance; the whole budget in PD ratio
	PrefillDevices              // per prefill instance; none: searched
	DecodeDevices               // per decode instance; none: searched
	KVPath                      // of KV caches between them
	Workload                    // a mix of requests instead of one length
	InputLength                 // tokens, or a length-distribution file
	OutputLength                // tokens
	TTFT                        // limit, ms
	TPOT                        // limit, ms
	E2E                         // limit on the time to the last token, ms
	Goodput                     // share of requests within all limits
	TP                          // sizes to search
	EP                          //
	MoEDP                       //
	DCP                         //
	PP                          //
	ExpertSkew                  // how unevenly experts are chosen
	ExpertLoads                 // file of their loads
	Redundant                   // copies of experts to search
	TwoBatch                    // two half batches
	AFD                         // attention and experts apart
	Quantization                // recommended or custom
	Linear                      // linear action
	NonExpert                   // linear action of everything but routed experts
	Attention                   // attention action
	MXFP4Group                  // elements per scale
	PrefixCache                 // on or off
	HitRate                     // share of the prompt found in the cache
	MTP                         // on or off
	MTPTokens                   // candidates
	Acceptance                  // rate per position
	ImageBatch                  // images per request
	ImageHeight                 // pixels
	ImageWidth                  // pixels
	Compile                     // graph-rewritten model
	CompileConfig               // graph-rewrite features
	GraphBreak                  // accepted, changes nothing here
	BatchRange                  // [max] or [min max]
	MaxBatched                  // token budget per DP replica
	Reserved                    // GiB
	WordEmbedding               // embedding parallel mode
	SharedExpertTP              // shared experts follow TP
	ServingCost                 // ms per phase
	Strategy                    // concurrency search strategy
	MaxCombinations             // warning threshold
	Fidelity                    //
	Search                      //
	AllPoints                   // keep every point
	AllowRefused                // rank what the serving engine does not start
	Architecture                // stand-in family for an unknown config.json
	DeviceCost                  // NAME=PRICE per device-hour
	Draft                       // what guesses tokens ahead
	DraftShare                  // its cost
	DraftModel                  // what its cost comes from instead
	PowerCap                    // W of a device
	PowerLimit                  // W of all devices
	PerWatt                     // tokens per second and watt
	TargetQPS                   //
	TargetConcurrency           //
	Concurrency                 // requests in flight, fixed
	Traffic                     // closed or poisson
	QPS                         // arrival rate
	ServingEngine               // vLLM, SGLang …
	Trace                       // file of requests
	TraceFormat                 //
	TraceScale                  // times its rate
	TraceWindow                 // FROM..TO
	Sessions                    // conversations
	KVTiers                     // host memory and SSD
	Routing                     // of requests to replicas
	Replicas                    //
	Fleet                       // arrivals over a day
	Autoscale                   // how the fleet follows them
	Engine                      //
	Root                        // msmodeling checkout
	Python                      // interpreter of that checkout
	DeviceFile                  // more profiles
	Jobs                        // machinery of the reference tool, from here on
	LogLevel                    //
	Verbose                     //
	Quiet                       //
	DumpOriginal                //
	GraphLogPath                //
	ChromeTrace                 //
	PerformanceModel            //
	ProfilingDB                 //
	SpecMethod                  // draft-model speculation
	SpecTokens                  //
	AcceptanceLength            //
	DraftLayers                 //
	DraftConfig                 //
	MarkovRank                  //
	MarkovHead                  //
	Format                      // output
	Output                      //
	CopyText                    //
	Manifest                    // files of a platform
	Overwrite                   // their older ones
	Sweep                       //
	Sensitivity                 // what the decision hangs on
	Frontier                    //
	Overlaid                    // plans and measured runs over a frontier
	Lang                        // screen
	ASCII                       //
	Accessible                  //
	NoColor                     //
	Config                      // settings instead of those at their usual place
	NumIDs
)

// String is the TOML key and the name that issues carry.
func (id ID) String() string {
	if id >= NumIDs {
		return ""
	}
	return Table[id].Name
}
