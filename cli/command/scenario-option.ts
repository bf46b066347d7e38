import type { Command } from 'commander'
import { DEGREES, POOLS, flagName } from '../input/degree.ts'

/** Adds the options that say which model runs how on which chips, under which load: those of `ScenarioOptions`. */
export function addScenarioOptions(command: Command): Command {
  command
    .option('--scenario <file>', 'scenario JSON; the options below override its fields')
    .option('--model <model>', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
    .option('--chip <chip>', 'catalog id or ./chip.json')
    .option('--chips <n>', 'chips (or SRAM machines) of the deployment; the mapping is chosen')
    .option('--precision <format>', 'format of the weights (default: what the checkpoint has)')
    .option('--cache-format <format>', 'format of the KV cache (default: bf16)')
    .option('--engine <name>', 'vllm, sglang or trtllm (default: vllm)')
    .option('--workload <load>', 'preset, isl/osl, isl/osl@concurrency, JSON or ./file.json (default: chat)')
    .option('--isl <tokens>', 'upper end of the prompt length')
    .option('--osl <tokens>', 'upper end of the output length')
    .option('--concurrency <n>', 'clients that each wait for their answer')
    .option(
      '--rounds <n>',
      'requests each of them sends, all starting at once: a benchmark run, simulated (default: the steady state)',
    )
    .option('--price <usd>', '$ per chip-hour (default: the catalog’s)')
    .option('--utilisation <share>', 'share of the paid time that is used, above 0 up to 1')
    .option('--owner <kind>', 'build the chip-hour up: typical, hyperscaler or neocloud')
    .option('--set <inputs>', 'with these inputs: life=5,interest=10% …')
    .option('--tco <file>', 'with the inputs of a file, from pincer cost --print-inputs')
    .option('--calibration <file>', 'constants refitted to measurements of your own, from pincer calibrate')
    .option('--overlap <how>', 'two-batch: one half of a batch computes while the other is on its way to experts')
    .option('--spec-draft <n>', 'speculative decoding: tokens drafted per step')
    .option('--spec-acceptance <p>', 'probability that a drafted token is accepted')
  for (const degree of DEGREES) command.option(`--${flagName(degree)} <n>`, DEGREE_TEXT[degree])
  for (const pool of POOLS) {
    command.option(`--${pool}-workers <n>`, `disaggregated: replicas that ${pool} (default: 1)`)
    for (const degree of DEGREES) command.option(`--${pool}-${flagName(degree)} <n>`, `their ${DEGREE_TEXT[degree]}`)
  }
  return command
}

const DEGREE_TEXT: Readonly<Record<(typeof DEGREES)[number], string>> = {
  tp: 'tensor parallel ranks',
  pp: 'pipeline stages',
  dp: 'data parallel ranks of attention',
  moeTp: 'tensor parallel ranks of each expert',
  moeEp: 'expert parallel ranks',
}
