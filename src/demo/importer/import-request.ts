/** A file of an import. Its name is the only one of its kind in the import. */
export interface FileInfo {
  id: string;
  name: string;
  bytes: number;
}

/** A file that is to be imported, and where it is. */
export interface SourceFile extends FileInfo {
  path: string;
}
