package manifest

import (
	"fmt"
	"path"

	"fathom/hw/message"
	"fathom/sim/report"
)

type chartValues struct {
	Artifacts struct {
		Name   string            `yaml:"name"`
		URI    string            `yaml:"uri"`
		Size   string            `yaml:"size"`
		Secret string            `yaml:"authSecretName"`
		Labels map[string]string `yaml:"labels"`
	} `yaml:"modelArtifacts"`
	Multinode   bool `yaml:"multinode"`
	Accelerator struct {
		Type string `yaml:"type"`
	} `yaml:"accelerator"`
	Routing struct {
		ServicePort int `yaml:"servicePort"`
		Proxy       struct {
			Enabled    bool   `yaml:"enabled"`
			TargetPort int    `yaml:"targetPort"`
			Connector  string `yaml:"connector,omitempty"`
		} `yaml:"proxy"`
	} `yaml:"routing"`
	Decode  chartRole `yaml:"decode"`
	Prefill chartRole `yaml:"prefill"`
}

type chartRole struct {
	Create      bool `yaml:"create"`
	Replicas    int  `yaml:"replicas"`
	Parallelism *struct {
		Tensor    int `yaml:"tensor"`
		Data      int `yaml:"data"`
		DataLocal int `yaml:"dataLocal"`
		Workers   int `yaml:"workers"`
	} `yaml:"parallelism,omitempty"`
	Containers []container `yaml:"containers,omitempty"`
	Volumes    []volume    `yaml:"volumes,omitempty"`
}

// sidecarPort is where the engine listens behind llm-d's routing sidecar.
const sidecarPort = 8200

// llmd is the values of llm-d's model service, and those of the inference pool that schedules over it.
func (d *deployment) llmd() []File {
	var v chartValues
	model := d.Request.Model.Name
	v.Artifacts.Name, v.Artifacts.URI, v.Artifacts.Size = model, "hf://"+model, d.room()
	if path.IsAbs(model) {
		v.Artifacts.URI = "pvc://" + d.name + "/" + path.Base(model)
	}
	v.Artifacts.Secret = "llm-d-hf-token"
	labels := map[string]string{"llm-d.ai/inferenceServing": "true", "llm-d.ai/model": d.name}
	v.Artifacts.Labels = labels
	v.Accelerator.Type = d.in[0].acc.Chart
	v.Routing.ServicePort, v.Routing.Proxy.TargetPort = Port, sidecarPort
	v.Routing.Proxy.Enabled = d.pair()
	if d.pair() {
		v.Routing.Proxy.Connector = "nixlv2"
	}
	for i := range d.in {
		v.Multinode = v.Multinode || d.in[i].hosts > 1
	}
	for i := range d.in {
		in := &d.in[i]
		if in.role == "prefill" {
			v.Prefill = d.chartRole(in, v.Multinode)
		} else {
			v.Decode = d.chartRole(in, v.Multinode)
		}
	}
	more := append(d.cluster(), message.New("manifest.llmd"))
	if v.Multinode {
		more = append(more, message.New("manifest.llmd-nodes"))
	}
	return []File{{Name: "modelservice-values.yaml", Head: d.head(more...), Text: documents(v)},
		{Name: "inferencepool-values.yaml", Head: []message.Message{message.New("manifest.pool", d.name)},
			Text: documents(d.inferencePool(labels))}}
}

// room is a volume that holds the published weights with a quarter to spare.
func (d *deployment) room() string {
	gib := 0.0
	for i := range d.in {
		s := d.in[i].row.Strategy
		gib = max(gib, d.in[i].row.WeightGB*float64(s.TP*max(1, s.PP)*max(1, s.DP)))
	}
	return fmt.Sprintf("%dGi", max(10, int(gib*1.25)))
}

func (d *deployment) chartRole(in *instance, multinode bool) chartRole {
	listen := Port
	if d.pair() && in.role == "decode" {
		listen = sidecarPort
	}
	volumes, mounts := in.volumes()
	no := false
	c := container{Name: "vllm", Image: in.acc.Images["llm-d"], ModelCommand: "custom", Command: []string{"sh", "-c"},
		Args: []string{"exec " + report.Shell(d.vllm(in, listen))}, Env: in.engineEnv(),
		Ports: []port{{Name: "http", ContainerPort: listen}}, Resources: d.quantities(in),
		Mounts: mounts, Security: d.locks(in),
		ModelVolume: &no}
	if in.hosts > 1 {
		c.Args = []string{d.spread(in, listen)}
	}
	how := health(listen)
	if multinode { // one template for the pods of all servers: those without HTTP are well
		how = probe{Exec: &execute{[]string{"sh", "-c",
			fmt.Sprintf("[ \"${LWS_WORKER_INDEX:-0}\" != 0 ] || curl -sf http://localhost:%d/health", listen)}}}
	}
	c.probes(how)
	r := chartRole{Create: true, Replicas: in.count, Containers: []container{c}, Volumes: volumes}
	r.Parallelism = &struct {
		Tensor    int `yaml:"tensor"`
		Data      int `yaml:"data"`
		DataLocal int `yaml:"dataLocal"`
		Workers   int `yaml:"workers"`
	}{in.row.Strategy.TP, max(1, in.row.Strategy.DP), max(1, in.local), in.hosts}
	return r
}

// inferencePool is the scheduler's part: which pods are the pool, and for a pair which go to which role
// (llm-d/llm-d 126f65d6, guides/pd-disaggregation/gaie-pd/values.yaml).
func (d *deployment) inferencePool(labels map[string]string) any {
	type pool struct {
		TargetPorts []struct {
			Number int `yaml:"number"`
		} `yaml:"targetPorts"`
		Type    string `yaml:"modelServerType"`
		Servers struct {
			Labels map[string]string `yaml:"matchLabels"`
		} `yaml:"modelServers"`
	}
	type extension struct {
		Replicas int               `yaml:"replicas"`
		File     string            `yaml:"pluginsConfigFile,omitempty"`
		Custom   map[string]string `yaml:"pluginsCustomConfig,omitempty"`
	}
	v := struct {
		Extension extension `yaml:"inferenceExtension"`
		Pool      pool      `yaml:"inferencePool"`
	}{Extension: extension{Replicas: 1}}
	v.Pool.TargetPorts = append(v.Pool.TargetPorts, struct {
		Number int `yaml:"number"`
	}{Port})
	v.Pool.Type, v.Pool.Servers.Labels = "vllm", labels
	if d.pair() {
		type plugin struct {
			Type       string         `yaml:"type"`
			Parameters map[string]int `yaml:"parameters,omitempty"`
		}
		type reference struct {
			Ref    string  `yaml:"pluginRef"`
			Weight float64 `yaml:"weight,omitempty"`
		}
		type profile struct {
			Name    string      `yaml:"name"`
			Plugins []reference `yaml:"plugins"`
		}
		side := func(role string) profile {
			return profile{role, []reference{{Ref: role + "-filter"}, {Ref: "queue-scorer", Weight: 1}}}
		}
		v.Extension.File = "pd-config.yaml"
		v.Extension.Custom = map[string]string{"pd-config.yaml": documents(struct {
			APIVersion string    `yaml:"apiVersion"`
			Kind       string    `yaml:"kind"`
			Plugins    []plugin  `yaml:"plugins"`
			Profiles   []profile `yaml:"schedulingProfiles"`
		}{"inference.networking.x-k8s.io/v1alpha1", "EndpointPickerConfig",
			[]plugin{{Type: "prefill-header-handler"}, {Type: "prefill-filter"}, {Type: "decode-filter"},
				{Type: "queue-scorer"},
				{Type: "pd-profile-handler", Parameters: map[string]int{"threshold": 0, "hashBlockSize": 5}}},
			[]profile{side("prefill"), side("decode")}})}
	}
	return v
}
