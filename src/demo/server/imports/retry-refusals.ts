/** Why an import is not done again: what its user is told. */
export const NO_SUCH_IMPORT = 'There is no such import, or it is not kept any more.';
export const NOT_FAILED = 'This import has not failed, or it is being done again already.';
export const UPLOADS_GONE = 'What was uploaded for this import is not kept any more. Import it anew.';
