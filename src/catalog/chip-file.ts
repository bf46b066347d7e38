import a100Sxm from '../../catalog/chips/a100-sxm.json' with { type: 'json' }
import h100Sxm from '../../catalog/chips/h100-sxm.json' with { type: 'json' }
import h200Sxm from '../../catalog/chips/h200-sxm.json' with { type: 'json' }
import h800Sxm from '../../catalog/chips/h800-sxm.json' with { type: 'json' }
import h20 from '../../catalog/chips/h20.json' with { type: 'json' }
import b200Sxm from '../../catalog/chips/b200-sxm.json' with { type: 'json' }
import b300Sxm from '../../catalog/chips/b300-sxm.json' with { type: 'json' }
import gb200Nvl72 from '../../catalog/chips/gb200-nvl72.json' with { type: 'json' }
import gb300Nvl72 from '../../catalog/chips/gb300-nvl72.json' with { type: 'json' }
import rubinVrNvl72 from '../../catalog/chips/rubin-vr-nvl72.json' with { type: 'json' }
import l40s from '../../catalog/chips/l40s.json' with { type: 'json' }
import rtxPro6000 from '../../catalog/chips/rtx-pro-6000.json' with { type: 'json' }
import mi300x from '../../catalog/chips/mi300x.json' with { type: 'json' }
import mi325x from '../../catalog/chips/mi325x.json' with { type: 'json' }
import mi355x from '../../catalog/chips/mi355x.json' with { type: 'json' }
import gaudi3 from '../../catalog/chips/gaudi3.json' with { type: 'json' }
import tpuV5e from '../../catalog/chips/tpu-v5e.json' with { type: 'json' }
import tpuV5p from '../../catalog/chips/tpu-v5p.json' with { type: 'json' }
import tpuV6e from '../../catalog/chips/tpu-v6e.json' with { type: 'json' }
import tpuV7Ironwood from '../../catalog/chips/tpu-v7-ironwood.json' with { type: 'json' }
import trainium2 from '../../catalog/chips/trainium2.json' with { type: 'json' }
import trainium3 from '../../catalog/chips/trainium3.json' with { type: 'json' }
import groqLpuV1 from '../../catalog/chips/groq-lpu-v1.json' with { type: 'json' }
import groq3Lp30 from '../../catalog/chips/groq3-lp30.json' with { type: 'json' }
import cerebrasWse2 from '../../catalog/chips/cerebras-wse2.json' with { type: 'json' }
import cerebrasWse3 from '../../catalog/chips/cerebras-wse3.json' with { type: 'json' }
import cerebrasWse3t from '../../catalog/chips/cerebras-wse3t.json' with { type: 'json' }
import sambanovaSn40l from '../../catalog/chips/sambanova-sn40l.json' with { type: 'json' }
import sambanovaSn50 from '../../catalog/chips/sambanova-sn50.json' with { type: 'json' }
import graphcoreGc200 from '../../catalog/chips/graphcore-gc200.json' with { type: 'json' }
import dmatrixCorsair from '../../catalog/chips/dmatrix-corsair.json' with { type: 'json' }
import etchedSohu from '../../catalog/chips/etched-sohu.json' with { type: 'json' }
import tenstorrentBlackholeP150 from '../../catalog/chips/tenstorrent-blackhole-p150.json' with { type: 'json' }

/** A chip file as it lies in the catalog, not parsed yet: only its names are looked at. */
export interface ChipFile {
  readonly id: string
  readonly aliases: readonly string[]
}

/** One line per chip of the catalog, by vendor and age. */
export const CHIP_FILES: readonly ChipFile[] = [
  a100Sxm,
  h100Sxm,
  h200Sxm,
  h800Sxm,
  h20,
  b200Sxm,
  b300Sxm,
  gb200Nvl72,
  gb300Nvl72,
  rubinVrNvl72,
  l40s,
  rtxPro6000,
  mi300x,
  mi325x,
  mi355x,
  gaudi3,
  tpuV5e,
  tpuV5p,
  tpuV6e,
  tpuV7Ironwood,
  trainium2,
  trainium3,
  groqLpuV1,
  groq3Lp30,
  cerebrasWse2,
  cerebrasWse3,
  cerebrasWse3t,
  sambanovaSn40l,
  sambanovaSn50,
  graphcoreGc200,
  dmatrixCorsair,
  etchedSohu,
  tenstorrentBlackholeP150,
]
