export {
  type ArchiveFault,
  type ArchiveHold,
  type Archiver,
  type ArchiverOptions,
  type ArchiveStatus,
  createArchiver,
} from './archiver.ts';
export { CopyError, type CopyErrorCode, refuseNewer } from './copy-error.ts';
export { type CopyPart, holdsCopy, readBytes, readCopy } from './copy-reader.ts';
export { type CopyWriter, type CopyWriterOptions, openCopyWriter } from './copy-writer.ts';
