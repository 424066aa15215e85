/** The words by which the summary recognises why a test was skipped. Loads nothing. */

export const NEEDS_TENSORFLOW = 'needs native TensorFlow'
