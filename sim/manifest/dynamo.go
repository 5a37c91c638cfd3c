package manifest

import (
	"strconv"

	"fathom/hw/message"
)

type graphSpec struct {
	Backend  string                  `yaml:"backendFramework"`
	Services map[string]graphService `yaml:"services"`
}

type graphService struct {
	EnvFromSecret string          `yaml:"envFromSecret,omitempty"`
	Type          string          `yaml:"componentType"`
	SubType       string          `yaml:"subComponentType,omitempty"`
	Replicas      int             `yaml:"replicas"`
	Multinode     *graphNodes     `yaml:"multinode,omitempty"`
	Resources     *graphResources `yaml:"resources,omitempty"`
	SharedMemory  *graphMemory    `yaml:"sharedMemory,omitempty"`
	Pod           graphPod        `yaml:"extraPodSpec"`
}

type graphNodes struct {
	Count int `yaml:"nodeCount"`
}

type graphMemory struct {
	Size string `yaml:"size"`
}

type graphResources struct {
	Requests graphQuantities `yaml:"requests"`
	Limits   graphQuantities `yaml:"limits"`
}

type graphQuantities struct {
	GPU    string            `yaml:"gpu"`
	Custom map[string]string `yaml:"custom,omitempty"`
}

type graphPod struct {
	Volumes []volume  `yaml:"volumes,omitempty"`
	Main    container `yaml:"mainContainer"`
}

// dynamo is a graph of a front end, which routes, and workers of each role. An engine whose settings are a file gets it
// by a ConfigMap.
func (d *deployment) dynamo() []File {
	engine := d.in[0].engine.Name
	image := d.in[0].acc.Images["dynamo-"+engine]
	services := map[string]graphService{"Frontend": {Type: "frontend", Replicas: 1, Pod: graphPod{Main: container{
		Image: image, Command: []string{"python3", "-m", "dynamo.frontend"}, Args: []string{"--http-port",
			strconv.Itoa(Port)}}}}}
	var list []any
	for i := range d.in {
		in := &d.in[i]
		args := in.command.Args // python3 -m MODULE …
		q := graphQuantities{GPU: strconv.Itoa(in.each)}
		if in.acc.RDMA != "" && d.crosses() {
			q.Custom = map[string]string{in.acc.RDMA: "1"}
		}
		s := graphService{EnvFromSecret: "hf-token-secret", Type: "worker", Replicas: in.count,
			Resources: &graphResources{q, q}, SharedMemory: &graphMemory{shared},
			Pod: graphPod{Main: container{Image: image, Command: args[:3], Args: args[3:], Security: d.locks(in)}}}
		if in.role != "serve" {
			s.SubType = in.role
		}
		if in.hosts > 1 {
			s.Multinode = &graphNodes{in.hosts}
		}
		if file := in.command.File; file != "" {
			name := d.name + "-" + in.role
			list = append(list, object{APIVersion: "v1", Kind: "ConfigMap", Metadata: meta{Name: name},
				Data: map[string]string{file: in.command.FileText}})
			s.Pod.Volumes = []volume{{Name: "engine", ConfigMap: &named{name}}}
			s.Pod.Main.Mounts = []mount{{Name: "engine", MountPath: "/etc/fathom"}}
		}
		services[in.role] = s
	}
	graph := object{APIVersion: "nvidia.com/v1alpha1", Kind: "DynamoGraphDeployment", Metadata: meta{Name: d.name},
		Spec: graphSpec{engine, services}}
	more := append(d.cluster(), message.New("manifest.dynamo"))
	if len(d.in) == 1 && d.in[0].role != "serve" {
		more = append(more, message.New("manifest.half", d.in[0].role))
	}
	return []File{{Name: "dynamographdeployment.yaml", Head: d.head(more...), Text: documents(append(list, graph)...)}}
}
