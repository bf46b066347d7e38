import { type ViewState, viewState } from '../../state/view-state.ts'
import { schema } from './schema.ts'

export type State = ViewState<typeof schema>

export const state: State = viewState('evidence', schema)
