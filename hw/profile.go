package hw

// DType is a number format that a device has peaks for.
type DType uint8

// The formats that profiles name. FP8 stands for all 8-bit floats, FP4 for all 4-bit ones.
const (
	FP32 DType = iota
	BF16
	FP16
	INT8
	FP8
	FP4
	NumDTypes
)

var dtypeNames = [NumDTypes]string{"fp32", "bf16", "fp16", "int8", "fp8", "fp4"}

func (d DType) String() string { return dtypeNames[d] }

// Bytes gives the size of one element.
func (d DType) Bytes() float64 { return [NumDTypes]float64{4, 2, 2, 1, 1, 0.5}[d] }

// Profile is one accelerator (or one die of a package: whatever the serving software calls a device).
type Profile struct {
	Name        string   // one word, as on the command line
	Short       string   // name for narrow screens; Name where the file gives none
	Aliases     []string // other names that mean this device
	Family      []string // names that mean others too: of a chip with variants, of a server
	Vendor      string
	Brands      []string // words beside the vendor's that names may carry, as NVIDIA's "HGX"
	Description string
	Source      string // where the figures come from, shown to users
	File        string // the file of a user's own profile, "" for a built-in one

	Cube [NumDTypes]float64 // matrix peak, operations per second; 0: the format is absent
	Vec  [NumDTypes]float64 // vector peak, operations per second; 0: the format is absent

	MemoryBytes     float64 // capacity
	MemoryBandwidth float64 // bytes per second
	ComputeEff      float64 // reached share of Cube and Vec, 0..1
	MemoryEff       float64 // reached share of MemoryBandwidth, 0..1

	Static Static
	Grid   Grid

	// Network is how the device reaches devices outside its grid; the zero Level: not stated, see Outside.
	Network       Level
	NetworkSource string

	HostBandwidth float64 // bytes per second to the host, one direction; 0: not stated
	HostMemory    float64 // bytes of its server's memory for each device; 0: not stated
	PowerWatts    float64 // most of one device; 0: not stated
	IdleWatts     float64 // of one device with a model loaded and nothing to do; 0: not stated

	// Reference is true where the constants come from the reference tool, so that "reference" fidelity means something.
	Reference bool
	// Kernel is what kernels were measured to reach, for "calibrated" fidelity; nil where nothing is known.
	Kernel *Kernel
	// Calibrated is what a fit to measured serving runs says; nil where there is none.
	Calibrated *Calibrated
}

// Static is the fixed time of one operator by its class, in seconds.
type Static struct{ Cube, Vec, Comm float64 }

// Topology tells how bandwidth is shared inside a level of the grid.
type Topology uint8

// A CLOS network gives every member its full link; a full mesh gives a group its share of the point-to-point links.
const (
	CLOS Topology = iota
	FullMesh
)

var topologyNames = [...]string{"clos", "full mesh"}

func (t Topology) String() string { return topologyNames[t] }

// Grid is a row-major array of ranks, outermost dimension first. Levels[i] covers dimensions Levels[i].Start to the
// last.
type Grid struct {
	Name   string
	Shape  []int
	Levels []Level // ascending Start when they come from a file
	Node   int     // devices of one server; 0: not stated
}

// Level is one class of links.
type Level struct {
	Name       string // what the link is called, may be empty
	Start      int    // first dimension that it spans
	Topology   Topology
	Bandwidth  float64 // bytes per second, one direction
	Latency    float64 // seconds
	Efficiency float64 // reached share of Bandwidth, 0..1
	Path       Path
}

// Path is what a link between devices is.
type Path uint8

// A fabric of the devices, a network that devices reach themselves, or one behind the memory of their host.
const (
	Fabric Path = iota
	RDMA
	Host
	numPaths
)

var pathNames = [numPaths]string{"link", "rdma", "host"}

func (p Path) String() string { return pathNames[p] }

// Ranks is the number of devices that the grid holds.
func (g Grid) Ranks() int {
	n := 1
	for _, d := range g.Shape {
		n *= d
	}
	return n
}

// Link is what a collective of one group sees: effective bandwidth in bytes per second, latency in seconds.
type Link struct{ Bandwidth, Latency float64 }
