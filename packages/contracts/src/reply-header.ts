/** The header of a message for the inbox that says where its sender waits for the outcome. */
export const REPLY_HEADER = 'Fleetbook-Reply-To';
