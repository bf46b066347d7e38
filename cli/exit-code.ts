/** Input or output at fault: something the user can change. */
export const EXIT_INPUT = 2
/** A fault of the program itself. */
export const EXIT_INTERNAL = 70
