package manifest

import (
	"fmt"
	"strconv"
	"strings"

	"fathom/hw/message"
)

type composeFile struct {
	Name     string                    `yaml:"name"`
	Services map[string]composeService `yaml:"services"`
}

type composeService struct {
	Image       string               `yaml:"image"`
	Entrypoint  []string             `yaml:"entrypoint"`
	Environment map[string]string    `yaml:"environment,omitempty"`
	Ports       []string             `yaml:"ports,omitempty"`
	Devices     []string             `yaml:"devices,omitempty"`
	Volumes     []string             `yaml:"volumes,omitempty"`
	ShmSize     string               `yaml:"shm_size,omitempty"`
	Limits      *composeLimits       `yaml:"ulimits,omitempty"`
	CapAdd      []string             `yaml:"cap_add,omitempty"`
	Health      *composeHealth       `yaml:"healthcheck,omitempty"`
	Depends     map[string]condition `yaml:"depends_on,omitempty"`
	Deploy      *composeDeploy       `yaml:"deploy,omitempty"`
	Restart     string               `yaml:"restart"`
}

type condition struct {
	Condition string `yaml:"condition"`
}

type composeLimits struct {
	Memlock int `yaml:"memlock"`
}

type composeHealth struct {
	Test        []string `yaml:"test"`
	Interval    string   `yaml:"interval"`
	Timeout     string   `yaml:"timeout"`
	Retries     int      `yaml:"retries"`
	StartPeriod string   `yaml:"start_period"`
}

type composeDeploy struct {
	Resources struct {
		Reservations struct {
			Devices []composeDevice `yaml:"devices"`
		} `yaml:"reservations"`
	} `yaml:"resources"`
}

type composeDevice struct {
	Driver       string   `yaml:"driver"`
	IDs          []string `yaml:"device_ids"`
	Capabilities []string `yaml:"capabilities"`
}

// compose is a service for each instance on one server, each with devices of its own, and a router before a pair.
func (d *deployment) compose() []File {
	f := composeFile{Name: d.name, Services: map[string]composeService{}}
	first, waits := 0, map[string]condition{}
	name := func(in *instance, i int) string { return fmt.Sprintf("%s-%d", in.role, i) }
	for k := range d.in {
		in := &d.in[k]
		for i := range in.count {
			s := d.composed(in, name(in, i), first)
			if !d.pair() {
				s.Ports = []string{fmt.Sprintf("%d:%d", Port, Port)}
			}
			f.Services[name(in, i)] = s
			waits[name(in, i)] = condition{"service_healthy"}
			first += in.each
		}
	}
	more := []message.Message{message.New("manifest.image")}
	switch {
	case d.pair():
		f.Services["router"] = composeService{Image: d.in[0].acc.Images[d.in[0].engine.Name], Entrypoint: d.router(name),
			Ports: []string{fmt.Sprintf("%d:%d", Port, Port)}, Depends: waits, Restart: "unless-stopped"}
		more = append(more, d.fetched()...)
	case d.in[0].role != "serve":
		more = append(more, message.New("launch.proxy"))
	}
	return []File{{Name: "compose.yaml", Head: d.head(more...), Text: documents(f)}}
}

// sharedBytes is shared as compose writes it.
const sharedBytes = "15gb"

// composed is one instance whose devices are numbered from first.
func (d *deployment) composed(in *instance, name string, first int) composeService {
	s := composeService{Image: in.acc.Images[in.engine.Name], Entrypoint: d.server(in, Port), ShmSize: sharedBytes,
		Restart: "unless-stopped", Environment: map[string]string{"HF_TOKEN": "${HF_TOKEN:-}"}, Volumes: []string{
			"${HF_HOME:-~/.cache/huggingface}:/root/.cache/huggingface"},
		Health: &composeHealth{[]string{"CMD-SHELL", fmt.Sprintf("curl -sf http://localhost:%d/health", Port)}, "10s", "5s",
			6,
			"3600s"}}
	if in.role != "serve" && in.acc.RDMA != "" {
		if in.engine.Name == "vllm" {
			s.Environment["VLLM_NIXL_SIDE_CHANNEL_HOST"], s.Environment["VLLM_NIXL_SIDE_CHANNEL_PORT"] = name, "5600"
		}
		s.CapAdd, s.Limits = []string{"IPC_LOCK"}, &composeLimits{-1}
	}
	s.Devices = append(s.Devices, in.acc.Files...)
	var ids []string
	for i := range in.each {
		ids = append(ids, strconv.Itoa(first+i))
		if in.acc.Each != "" {
			s.Devices = append(s.Devices, in.acc.Each+strconv.Itoa(first+i))
		}
	}
	for _, m := range in.acc.Mounts {
		s.Volumes = append(s.Volumes, m+":"+m+":ro")
	}
	if in.acc.Visible != "" {
		s.Environment[in.acc.Visible] = strings.Join(ids, ",")
	}
	if in.acc.Driver != "" {
		s.Deploy = &composeDeploy{}
		s.Deploy.Resources.Reservations.Devices = []composeDevice{{in.acc.Driver, ids, []string{"gpu"}}}
	}
	return s
}
