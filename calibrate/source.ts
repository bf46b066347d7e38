/** The measurements that the serving constants and their residuals derive from; see NOTICE. */
export const SOURCE =
  'ai-dynamo/aiconfigurator silicon_sample.csv at 095f58a, cleaned; InferenceX runs of 2025-10 to 2026-04'
