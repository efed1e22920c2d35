import { Notice as NoticeMessage } from "@portcullis/proto";
import type { Notice } from "../../domain/challenge.js";

const NOTICES: Readonly<Record<Notice, NoticeMessage>> = {
  none: NoticeMessage.UNSPECIFIED,
  "pin-wrong": NoticeMessage.PIN_WRONG,
  "match-wrong": NoticeMessage.MATCH_WRONG,
  "code-wrong": NoticeMessage.CODE_WRONG,
};

export function noticeMessage(notice: Notice): NoticeMessage {
  return NOTICES[notice];
}

export function noticeOf(message: NoticeMessage): Notice {
  const found = Object.entries(NOTICES).find(([, one]) => one === message);
  return found === undefined ? "none" : (found[0] as Notice);
}
