import fc from 'fast-check'

// CI must give the same verdict for the same commit; elsewhere every run looks for new counterexamples.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20_260_211 })
