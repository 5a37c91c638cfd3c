// Package harness reads the result files of the load generators that people run against a serving engine: vLLM, SGLang,
// GuideLLM, AIPerf and GenAI-Perf, inference-perf, evalscope, trtllm-bench, and the aggregated results of InferenceX;
// as JSON, JSON lines, CSV, or the text that a tool printed. In comes a file, out come its runs in seconds and tokens,
// each with what the file says of the deployment and nothing that it does not say. Files of other tools are refused by
// name. Begin with Read; each tool is a reader of its own in tools.
//
// Keys are those of the tools' documentation and sources, named at each reader.
package harness
