/** Version of the messages: its first part is that of the subjects. Grows with every optional field added. */
export const CONTRACT_VERSION = '1.0.0';
