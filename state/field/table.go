package field

// Problem is what is wrong with one text.
type Problem struct {
	Key  string
	Args []string
}

// Table holds every question in asking order; Table[id].ID == id.
var Table [NumIDs]Field
