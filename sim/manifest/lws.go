package manifest

import (
	"fmt"

	"fathom/hw/message"
)

type setSpec struct {
	Replicas      int         `yaml:"replicas"`
	StartupPolicy string      `yaml:"startupPolicy,omitempty"`
	Template      setTemplate `yaml:"leaderWorkerTemplate"`
}

type setTemplate struct {
	Size          int          `yaml:"size"`
	RestartPolicy string       `yaml:"restartPolicy"`
	Leader        *podTemplate `yaml:"leaderTemplate,omitempty"`
	Worker        podTemplate  `yaml:"workerTemplate"`
}

type serviceSpec struct {
	Selector map[string]string `yaml:"selector"`
	Ports    []port            `yaml:"ports"`
}

type deploymentSpec struct {
	Replicas int `yaml:"replicas"`
	Selector struct {
		Labels map[string]string `yaml:"matchLabels"`
	} `yaml:"selector"`
	Template podTemplate `yaml:"template"`
}

// lws is one LeaderWorkerSet a role: a group is an instance, its pods are its servers. A service stands before the
// leaders, and for a pair a router.
func (d *deployment) lws() []File {
	var list []any
	for i := range d.in {
		list = append(list, d.set(&d.in[i]))
	}
	var more []message.Message
	switch {
	case d.pair():
		list = append(list, d.routerPod(), service(d.name, map[string]string{"app": d.name + "-router"}))
		more = append(more, d.fetched()...)
	default:
		list = append(list, service(d.name, map[string]string{
			"leaderworkerset.sigs.k8s.io/name": d.setName(&d.in[0]), "leaderworkerset.sigs.k8s.io/worker-index": "0"}))
		if d.in[0].role != "serve" {
			more = append(more, message.New("launch.proxy"))
		}
	}
	return []File{{Name: "leaderworkerset.yaml", Head: d.head(append(more, d.cluster()...)...), Text: documents(list...)}}
}

// cluster are what files for Kubernetes leave to its operator.
func (d *deployment) cluster() []message.Message {
	in := &d.in[0]
	notes := []message.Message{message.New("manifest.image"), message.New("manifest.resource", in.acc.Resource)}
	if in.acc.RDMA != "" && d.crosses() {
		notes = append(notes, message.New("manifest.rdma", in.acc.RDMA))
	}
	// hiascend.com, MindCluster 7.3, scheduling, "Atlas 900 A3 SuperPoD": 1, 2, 4 … 16 dies, packages of two whole
	for i := range d.in {
		in := &d.in[i]
		shape := in.profile.Grid.Shape
		paired := in.profile.Vendor == "Huawei" && len(shape) > 0 && shape[len(shape)-1] == 2
		if paired && in.each > 1 && in.each%2 > 0 {
			notes = append(notes, message.New("manifest.odd", in.role, in.each))
		}
	}
	return notes
}

func (d *deployment) setName(in *instance) string { return d.name + "-" + in.role }

// host is the name of the leader of an instance (LeaderWorkerSet types: SubdomainShared).
func (d *deployment) host(in *instance, i int) string {
	return fmt.Sprintf("%s-%d.%s", d.setName(in), i, d.setName(in))
}

func (d *deployment) set(in *instance) object {
	volumes, mounts := in.volumes()
	worker := container{Name: in.engine.Name, Image: in.acc.Images[in.engine.Name], Command: d.process(in, Port),
		Env: in.engineEnv(), Resources: d.quantities(in), Mounts: mounts, Security: d.locks(in)}
	leader := worker
	leader.Ports = []port{{Name: "http", ContainerPort: Port}}
	leader.probes(health(Port))
	labels := map[string]string{"app": d.name, "role": in.role}
	pod := func(c container) podTemplate {
		return podTemplate{Metadata: meta{Labels: labels}, Spec: podSpec{Containers: []container{c}, Volumes: volumes}}
	}
	first := pod(leader)
	t := setTemplate{Size: in.hosts, RestartPolicy: "RecreateGroupOnPodRestart", Leader: &first, Worker: pod(worker)}
	if in.hosts == 1 { // the leader takes the workers' template where it has none
		t.Leader, t.Worker = nil, first
	}
	return object{APIVersion: "leaderworkerset.x-k8s.io/v1", Kind: "LeaderWorkerSet", Metadata: meta{Name: d.setName(in)},
		Spec: setSpec{Replicas: in.count, StartupPolicy: "LeaderCreated", Template: t}}
}

func service(name string, selector map[string]string) object {
	return object{APIVersion: "v1", Kind: "Service", Metadata: meta{Name: name}, Spec: serviceSpec{Selector: selector,
		Ports: []port{{Name: "http", Port: Port, TargetPort: Port, Protocol: "TCP"}}}}
}

func (d *deployment) routerPod() object {
	name := d.name + "-router"
	c := container{Name: "router", Image: d.in[0].acc.Images[d.in[0].engine.Name], Command: d.router(d.host),
		Ports: []port{{Name: "http", ContainerPort: Port}}}
	c.Readiness = &probe{TCPSocket: &tcpSocket{Port}, PeriodSeconds: 10, TimeoutSeconds: 5, FailureThreshold: 3}
	s := deploymentSpec{Replicas: 1}
	s.Selector.Labels = map[string]string{"app": name}
	s.Template = podTemplate{Metadata: meta{Labels: s.Selector.Labels}, Spec: podSpec{Containers: []container{c}}}
	return object{APIVersion: "apps/v1", Kind: "Deployment", Metadata: meta{Name: name}, Spec: s}
}
