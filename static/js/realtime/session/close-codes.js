// The reasons for closing a socket, as in trato/realtime/close_codes.py; a test compares the two.
export const NORMAL = 1000;
export const GOING_AWAY = 1001;
export const NO_CODE = 1005;
export const CUT_OFF = 1006;
export const SERVICE_RESTART = 1012;
export const TRY_AGAIN_LATER = 1013;
export const NO_SESSION = 4401;
export const SUSPENDED = 4403;
export const READS_TOO_SLOWLY = 4408;
export const PAGE_OF_ANOTHER = 4409;
export const FLOODS = 4429;
