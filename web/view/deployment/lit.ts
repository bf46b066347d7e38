/**
 * Lights what both pictures of a step show of the operator under the pointer or the focus. Classes are set on the elements, past the
 * components: a hover draws nothing anew.
 */
export const lighting = {
  onPointerOver: light,
  onFocusIn: light,
  onPointerLeave: dark,
  onFocusOut: dark,
}

function light({ target, currentTarget }: Event): void {
  const name = target instanceof Element ? target.closest('[data-operator]')?.getAttribute('data-operator') : undefined
  for (const element of operatorsIn(currentTarget)) {
    element.classList.toggle('lit', name !== null && element.getAttribute('data-operator') === name)
  }
}

function dark({ currentTarget }: Event): void {
  for (const element of operatorsIn(currentTarget)) element.classList.remove('lit')
}

function operatorsIn(section: EventTarget | null): readonly Element[] {
  return section instanceof Element ? [...section.querySelectorAll('[data-operator]')] : []
}
