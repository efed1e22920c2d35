import { releaseTry, reserveTry, settleAnswer, switchMethod } from "./answer-scripts.js";
import { takeDue, wakeGateway } from "./due-scripts.js";
import { expireLogin, finishLogin, refuseLogin } from "./ending-scripts.js";
import { abandonExchange, claimExchange, decideExchange, publishedRecord } from "./exchange-scripts.js";
import { addHeld, listHeld, removeHeld } from "./held-scripts.js";
import { advanceLogin, noteLogin, openLogin, waitForEnd } from "./opening-scripts.js";
import { recallLogin } from "./remembered-scripts.js";
import { countExchange, endExchanges, returnSlot, takeSlot } from "./slot-scripts.js";

/** Every script, with the number of its keys, where that is always the same. All keys of one call have the same hash tag. */
export const SCRIPTS = {
  takeSlot: { lua: takeSlot, numberOfKeys: 2 },
  countExchange: { lua: countExchange, numberOfKeys: 1 },
  endExchanges: { lua: endExchanges },
  returnSlot: { lua: returnSlot, numberOfKeys: 1 },
  claimExchange: { lua: claimExchange, numberOfKeys: 1 },
  abandonExchange: { lua: abandonExchange, numberOfKeys: 1 },
  decideExchange: { lua: decideExchange, numberOfKeys: 1 },
  publishedRecord: { lua: publishedRecord, numberOfKeys: 1 },
  openLogin: { lua: openLogin, numberOfKeys: 5 },
  advanceLogin: { lua: advanceLogin, numberOfKeys: 5 },
  noteLogin: { lua: noteLogin, numberOfKeys: 1 },
  waitForEnd: { lua: waitForEnd, numberOfKeys: 2 },
  reserveTry: { lua: reserveTry, numberOfKeys: 3 },
  settleAnswer: { lua: settleAnswer, numberOfKeys: 4 },
  switchMethod: { lua: switchMethod, numberOfKeys: 5 },
  releaseTry: { lua: releaseTry, numberOfKeys: 1 },
  finishLogin: { lua: finishLogin, numberOfKeys: 6 },
  refuseLogin: { lua: refuseLogin, numberOfKeys: 2 },
  expireLogin: { lua: expireLogin, numberOfKeys: 2 },
  recallLogin: { lua: recallLogin, numberOfKeys: 1 },
  addHeld: { lua: addHeld, numberOfKeys: 2 },
  removeHeld: { lua: removeHeld, numberOfKeys: 2 },
  listHeld: { lua: listHeld, numberOfKeys: 1 },
  takeDue: { lua: takeDue, numberOfKeys: 1 },
  wakeGateway: { lua: wakeGateway, numberOfKeys: 1 },
} as const;

export type ScriptName = keyof typeof SCRIPTS;
