package manifest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"fathom/hw/message"
)

// rankTable is where the ranks of an instance over several servers stand (hiascend.com, MindIE 2.3.0, "Multi-Node
// Inference").
type rankTable struct {
	Version     string       `json:"version"`
	ServerCount string       `json:"server_count"`
	Servers     []rankServer `json:"server_list"`
	Status      string       `json:"status"`
}

type rankServer struct {
	ID        string       `json:"server_id"`
	Container string       `json:"container_ip"`
	Devices   []rankDevice `json:"device"`
}

type rankDevice struct {
	Device  string `json:"device_id"`
	Address string `json:"device_ip"`
	Rank    string `json:"rank_id"`
}

// ranks is the rank table of an instance; addresses, which no plan knows, are names to fill in.
func (in *instance) ranks() string {
	t := rankTable{Version: "1.0", ServerCount: strconv.Itoa(in.hosts), Status: "completed"}
	for i := range in.hosts {
		address := fmt.Sprintf("SERVER_%d_IP", i)
		s := rankServer{ID: address, Container: address}
		for k := range in.each {
			s.Devices = append(s.Devices, rankDevice{strconv.Itoa(k), fmt.Sprintf("SERVER_%d_DEVICE_%d_IP", i, k),
				strconv.Itoa(i*in.each + k)})
		}
		t.Servers = append(t.Servers, s)
	}
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		panic(err) // of types that always encode
	}
	return string(b) + "\n"
}

// mindie is one service config a role, with a rank table where an instance has several servers, and beside them what
// JSON has no comments for.
func (d *deployment) mindie() []File {
	var files []File
	more := []message.Message{message.New("manifest.mindie")}
	for i := range d.in {
		in := &d.in[i]
		dir := ""
		if d.pair() {
			dir = in.role + "/"
		}
		files = append(files, File{Name: dir + "config.json", Text: in.command.FileText})
		if in.hosts > 1 {
			files = append(files, File{Name: dir + "ranktable.json", Text: in.ranks()})
			more = append(more, message.New("manifest.ranktable", dir+"ranktable.json", in.hosts, in.count))
		}
	}
	if d.in[0].role != "serve" {
		more = append(more, message.New("manifest.motor"))
	}
	return append(files, File{Name: "README.md", Head: d.head(more...)})
}
