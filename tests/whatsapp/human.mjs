// A person at another WhatsApp client: Baileys, driven by JSON lines.
//
//   node human.mjs WS_URL MEDIA_URL ROOT_KEY_HEX
//
// In:  {"id": 1, "call": "sendMessage", "args": ["7999@s.whatsapp.net", {"text": "hi"}]}: any method of the socket.
//      `start`, `stop`, `code` and `vote` are the driver's own. {"base64": "…"} in the arguments becomes bytes.
// Out: {"id": 1, "result": …} or {"id": 1, "error": "…"}, and {"event": "qr" | "open" | "close" | "message" | "update" | …}.

import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [url, media, rootKey] = process.argv.slice(2);
const host = new URL(media).host;

// Media addresses are https by protocol; the pretend host speaks plain HTTP.
const plainFetch = globalThis.fetch;
globalThis.fetch = (target, options) => plainFetch(String(target).replace(`https://${host}`, media), options);
https.request = (options, answer) => http.request({ ...options, agent: undefined }, answer);
syncBuiltinESMExports();

const folder = pathToFileURL(join(process.env.NODE_PATH, 'baileys/lib/'));
const baileys = await import(new URL('index.js', folder));
const { default: makeWASocket, BufferJSON, downloadMediaMessage, getAggregateVotesInPollMessage, initAuthCreds, jidNormalizedUser, proto } = baileys;
const { WA_CERT_DETAILS } = await import(new URL('Defaults/index.js', folder));
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex');

const REMEMBERED = 4000;
const remembered = new Map();
const level = process.env.HUMAN_LOG ?? 'silent';
const logger = (await import(new URL('Utils/logger.js', folder))).default.child({ class: 'human' });
logger.level = level;

const creds = initAuthCreds();
const stored = {};
// As Baileys' own stores do: what goes in comes out as a copy.
const copied = value => JSON.parse(JSON.stringify(value, BufferJSON.replacer), BufferJSON.reviver);
const keys = {
    get: async (type, ids) => {
        const found = {};
        for (const id of ids) {
            const kept = stored[`${type}-${id}`];
            if (kept !== undefined) found[id] = type === 'app-state-sync-key' ? proto.Message.AppStateSyncKeyData.fromObject(copied(kept)) : copied(kept);
        }
        return found;
    },
    set: async data => {
        for (const [type, entries] of Object.entries(data)) {
            for (const [id, value] of Object.entries(entries)) {
                if (value === null || value === undefined) delete stored[`${type}-${id}`];
                else stored[`${type}-${id}`] = copied(value);
            }
        }
    },
};

let socket;
let wanted = false;
const say = line => process.stdout.write(`${JSON.stringify(line, (_, value) => (value?.type === 'Buffer' ? { base64: Buffer.from(value.data).toString('base64') } : value))}\n`);
const revive = value => {
    if (Array.isArray(value)) return value.map(revive);
    if (value === null || typeof value !== 'object') return value;
    if (typeof value.base64 === 'string' && Object.keys(value).length === 1) return Buffer.from(value.base64, 'base64');
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
};
const remember = message => {
    if (!message?.key?.id || !message.message) return;
    remembered.set(message.key.id, message);
    if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value);
};

function connect() {
    socket = makeWASocket({
        auth: { creds, keys },
        waWebSocketUrl: url,
        logger,
        version: [2, 3000, 1043857760],
        syncFullHistory: false,
        shouldSyncHistoryMessage: () => false,
        generateHighQualityLinkPreview: false,
        retryRequestDelayMs: 50,
        getMessage: async key => remembered.get(key.id)?.message,
    });
    const own = socket;
    own.ev.on('creds.update', update => Object.assign(creds, update));
    own.ev.on('connection.update', update => {
        if (own !== socket) return;
        if (update.qr) say({ event: 'qr', qr: update.qr });
        if (update.connection === 'open') say({ event: 'open', me: creds.me });
        if (update.connection === 'close') {
            const code = update.lastDisconnect?.error?.output?.statusCode;
            say({ event: 'close', code });
            // 515 asks to come back after pairing; anything else is a cut line, unless the account is gone.
            if (wanted && code !== 401 && code !== 403 && code !== 440) setTimeout(connect, code === 515 ? 0 : 200);
        }
    });
    own.ev.on('messages.upsert', async ({ messages, type }) => {
        for (const message of messages) {
            remember(message);
            say({ event: 'message', type, ...(await told(message)) });
        }
    });
    own.ev.on('messages.update', updates => {
        for (const { key, update } of updates) {
            const poll = update.pollUpdates && remembered.get(key.id);
            const votes = poll && getAggregateVotesInPollMessage({ message: poll.message, pollUpdates: update.pollUpdates });
            say({ event: 'update', key, status: update.status, edited: plain(update.message), stub: update.messageStubType, votes });
        }
    });
    own.ev.on('chats.update', chats => {
        // A chat changes with every message in it; only what its owner does to it is worth a line.
        for (const { id, archived } of chats) if (archived !== undefined) say({ event: 'archived', id, archived });
    });
    for (const name of ['message-receipt.update', 'messages.reaction', 'call', 'presence.update', 'groups.upsert', 'groups.update', 'group-participants.update', 'contacts.update']) {
        own.ev.on(name, data => say({ event: name, data }));
    }
}

const plain = message => (message ? proto.Message.fromObject(message).toJSON() : undefined);

// What a message says, and the bytes of its file by their hash.
async function told(message) {
    const line = { key: message.key, name: message.pushName, stub: message.messageStubType, message: plain(message.message) };
    const files = ['imageMessage', 'videoMessage', 'audioMessage', 'documentMessage', 'stickerMessage', 'ptvMessage'];
    const content = message.message?.documentWithCaptionMessage?.message ?? message.message;
    const kind = files.find(name => content?.[name]);
    if (kind) {
        try {
            const bytes = await downloadMediaMessage({ ...message, message: content }, 'buffer', {});
            line.media = { kind, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
        } catch (error) {
            line.media = { kind, error: String(error) };
        }
    }
    return line;
}

const own = {
    start: async () => {
        wanted = true;
        connect();
    },
    stop: async () => {
        wanted = false;
        await socket?.end(undefined);
    },
    code: async phone => socket.requestPairingCode(phone),
    vote,
};

// Baileys makes polls and casts no votes: they are the chosen options as hashes, sealed with the poll's secret, as its own
// `decryptPollVote` opens them.
async function vote(id, options) {
    const { key, message } = remembered.get(id);
    const voter = jidNormalizedUser(socket.user.id);
    const creator = key.fromMe ? voter : jidNormalizedUser(key.remoteJid);
    const hmac = (secret, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac('sha256', secret)).digest();
    const root = hmac(Buffer.alloc(32), message.messageContextInfo.messageSecret);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', hmac(root, id, creator, voter, 'Poll Vote', Buffer.from([1])), iv);
    cipher.setAAD(Buffer.from(`${id}\0${voter}`));
    const chosen = options.map(option => createHash('sha256').update(option).digest());
    const plain = proto.Message.PollVoteMessage.encode({ selectedOptions: chosen }).finish();
    const encPayload = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const update = { pollCreationMessageKey: key, vote: { encPayload, encIv: iv }, senderTimestampMs: Date.now() };
    return socket.relayMessage(key.remoteJid, { pollUpdateMessage: update }, {});
}

for await (const line of createInterface({ input: process.stdin })) {
    const { id, call, args = [] } = JSON.parse(line);
    const work = async () => (own[call] ? own[call](...args) : socket[call](...revive(args)));
    work().then(
        result => {
            if (call === 'sendMessage') remember(result);
            say({ id, result: call === 'sendMessage' ? { key: result?.key } : (result ?? null) });
        },
        error => say({ id, error: String(error?.stack ?? error) }),
    );
}
process.exit(0);
