import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTextFile } from '../../cli/file/read.ts'
import { isSameFile, writeWholeFile } from '../../cli/file/write.ts'
import { inFolder } from './harness.ts'

describe('readTextFile', () => {
  it('refuses a file of 100 MB by its size alone', () =>
    inFolder({ 'big.json': '' }, (folder) => {
      truncateSync(join(folder, 'big.json'), 100e6)
      const start = performance.now()
      expect(() => readTextFile('big.json', folder)).toThrow('big.json: the file has 95 MiB; the limit is 16 MiB')
      expect(performance.now() - start).toBeLessThan(1000)
    }))

  it('names what keeps a file from being read', () =>
    inFolder({ 'a.bin': '' }, (folder) => {
      writeFileSync(join(folder, 'a.bin'), Buffer.from([0xff, 0xfe, 0x00]))
      mkdirSync(join(folder, 'sub'))
      expect(() => readTextFile('none.json', folder)).toThrow('none.json: the file does not exist')
      expect(() => readTextFile('sub', folder)).toThrow('sub: the file is a folder')
      expect(() => readTextFile('a.bin', folder)).toThrow('a.bin: the file is not UTF-8 text')
      expect(() => readTextFile('a.bin/x', folder)).toThrow('lies below something that is not a folder')
      expect(() => readTextFile('a\0b', folder)).toThrow('the file cannot be opened')
    }))
})

describe('isSameFile', () => {
  it('sees through links of both kinds, and through detours', () =>
    inFolder({ 'a.csv': 'x', 'b.csv': 'x' }, (folder) => {
      symlinkSync(join(folder, 'a.csv'), join(folder, 'soft.csv'))
      linkSync(join(folder, 'a.csv'), join(folder, 'hard.csv'))
      for (const same of ['a.csv', './a.csv', `../${basename(folder)}/a.csv`, 'soft.csv', 'hard.csv'])
        expect(isSameFile(same, 'a.csv', folder)).toBe(true)
      for (const other of ['b.csv', 'none.csv', '/dev/null']) expect(isSameFile(other, 'a.csv', folder)).toBe(false)
    }))
})

describe('writeWholeFile', () => {
  it('replaces the target and leaves nothing beside it', () =>
    inFolder({ 'out.csv': 'old' }, (folder) => {
      writeWholeFile('out.csv', 'new', folder)
      expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe('new')
      expect(readdirSync(folder)).toEqual(['out.csv'])
    }))

  it('leaves neither target nor neighbour when the folder is missing', () =>
    inFolder({}, (folder) => {
      expect(() => writeWholeFile('sub/out.csv', 'new', folder)).toThrow(
        'sub/out.csv: the file cannot be written: its folder does not exist',
      )
      expect(readdirSync(folder)).toEqual([])
    }))

  it('writes through a link instead of replacing it', () =>
    inFolder({ 'real.csv': 'old' }, (folder) => {
      symlinkSync(join(folder, 'real.csv'), join(folder, 'link.csv'))
      writeWholeFile('link.csv', 'new', folder)
      expect(lstatSync(join(folder, 'link.csv')).isSymbolicLink()).toBe(true)
      expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toBe('new')
    }))

  it('adds to what a device leads to, be it a plain file', () =>
    inFolder({ 'log.txt': 'before\n' }, (folder) => {
      const fd = openSync(join(folder, 'log.txt'), 'a')
      writeWholeFile(`/proc/self/fd/${fd}`, 'after', folder)
      closeSync(fd)
      expect(readFileSync(join(folder, 'log.txt'), 'utf8')).toBe('before\nafter')
      expect(readdirSync(folder)).toEqual(['log.txt'])
    }))

  it('writes to a device', () => {
    expect(() => writeWholeFile('/dev/null', 'x', '/')).not.toThrow()
    expect(existsSync('/dev/null')).toBe(true)
  })
})
