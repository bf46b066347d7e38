import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

export type Row = Readonly<Record<string, unknown>>

/** Rows of kernels/<chip>/<operator>.parquet; none when the chip lacks the table. */
export async function readTable(folder: string, chip: string, operator: string): Promise<Row[]> {
  const path = join(folder, 'kernels', chip, `${operator}.parquet`)
  if (!existsSync(path)) return []
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors })
}

export const number = (row: Row, column: string): number => Number(row[column])
/** `latency` is in milliseconds. */
export const seconds = (row: Row): number => number(row, 'latency') / 1e3
