/** Packet codes. RFC 2865 section 3, 2866 section 3, 5176 section 2.3, 5997 section 2, 7930 section 4. */
export const Code = {
  AccessRequest: 1,
  AccessAccept: 2,
  AccessReject: 3,
  AccountingRequest: 4,
  AccountingResponse: 5,
  AccessChallenge: 11,
  StatusServer: 12,
  StatusClient: 13,
  DisconnectRequest: 40,
  DisconnectAck: 41,
  DisconnectNak: 42,
  CoaRequest: 43,
  CoaAck: 44,
  CoaNak: 45,
  ProtocolError: 52,
} as const;

/** Codes that a server of ours takes. Any other is never a request to us. */
export type RequestCode = typeof Code.AccessRequest | typeof Code.AccountingRequest | typeof Code.StatusServer;

/** Codes that a server of ours answers with. */
export type ReplyCode =
  | typeof Code.AccessAccept
  | typeof Code.AccessReject
  | typeof Code.AccessChallenge
  | typeof Code.AccountingResponse
  | typeof Code.ProtocolError;

/** Attribute types under their RFC names without hyphens. RFC 2865 5, 2866 5, 2868 3, 2869 5, 3162 2, 3579 3, 4372, 5176. */
export const AttributeType = {
  UserName: 1,
  UserPassword: 2,
  ChapPassword: 3,
  NasIpAddress: 4,
  NasPort: 5,
  ServiceType: 6,
  FramedProtocol: 7,
  FramedIpAddress: 8,
  FramedIpNetmask: 9,
  FramedRouting: 10,
  FilterId: 11,
  FramedMtu: 12,
  FramedCompression: 13,
  LoginIpHost: 14,
  LoginService: 15,
  LoginTcpPort: 16,
  ReplyMessage: 18,
  CallbackNumber: 19,
  CallbackId: 20,
  FramedRoute: 22,
  FramedIpxNetwork: 23,
  State: 24,
  Class: 25,
  VendorSpecific: 26,
  SessionTimeout: 27,
  IdleTimeout: 28,
  TerminationAction: 29,
  CalledStationId: 30,
  CallingStationId: 31,
  NasIdentifier: 32,
  ProxyState: 33,
  LoginLatService: 34,
  LoginLatNode: 35,
  LoginLatGroup: 36,
  FramedAppleTalkLink: 37,
  FramedAppleTalkNetwork: 38,
  FramedAppleTalkZone: 39,
  AcctStatusType: 40,
  AcctDelayTime: 41,
  AcctInputOctets: 42,
  AcctOutputOctets: 43,
  AcctSessionId: 44,
  AcctAuthentic: 45,
  AcctSessionTime: 46,
  AcctInputPackets: 47,
  AcctOutputPackets: 48,
  AcctTerminateCause: 49,
  AcctMultiSessionId: 50,
  AcctLinkCount: 51,
  AcctInputGigawords: 52,
  AcctOutputGigawords: 53,
  EventTimestamp: 55,
  ChapChallenge: 60,
  NasPortType: 61,
  PortLimit: 62,
  LoginLatPort: 63,
  TunnelType: 64,
  TunnelMediumType: 65,
  TunnelClientEndpoint: 66,
  TunnelServerEndpoint: 67,
  AcctTunnelConnection: 68,
  TunnelPassword: 69,
  ArapPassword: 70,
  ArapFeatures: 71,
  ArapZoneAccess: 72,
  ArapSecurity: 73,
  ArapSecurityData: 74,
  PasswordRetry: 75,
  Prompt: 76,
  ConnectInfo: 77,
  ConfigurationToken: 78,
  EapMessage: 79,
  MessageAuthenticator: 80,
  TunnelPrivateGroupId: 81,
  TunnelAssignmentId: 82,
  TunnelPreference: 83,
  ArapChallengeResponse: 84,
  AcctInterimInterval: 85,
  AcctTunnelPacketsLost: 86,
  NasPortId: 87,
  FramedPool: 88,
  ChargeableUserIdentity: 89,
  TunnelClientAuthId: 90,
  TunnelServerAuthId: 91,
  NasIpv6Address: 95,
  FramedInterfaceId: 96,
  FramedIpv6Prefix: 97,
  LoginIpv6Host: 98,
  FramedIpv6Route: 99,
  FramedIpv6Pool: 100,
  ErrorCause: 101,
  EapKeyName: 102,
} as const;

/** Vendor numbers (IANA private enterprise numbers) that the product speaks of by name. */
export const VendorId = { Cisco: 9, Microsoft: 311 } as const;

/** Vendor types of Microsoft, vendor 311. RFC 2548 section 2, RFC 2759, and MS-RNAP for 50. */
export const MicrosoftType = {
  ChapResponse: 1,
  ChapError: 2,
  ChapChangePassword1: 3,
  ChapChangePassword2: 4,
  ChapLmEncryptedPassword: 5,
  ChapNtEncryptedPassword: 6,
  MppeEncryptionPolicy: 7,
  MppeEncryptionTypes: 8,
  ChapDomain: 10,
  ChapChallenge: 11,
  ChapMppeKeys: 12,
  MppeSendKey: 16,
  MppeRecvKey: 17,
  OldArapPassword: 19,
  NewArapPassword: 20,
  Chap2Response: 25,
  Chap2Success: 26,
  Chap2ChangePassword: 27,
  MachineName: 50,
} as const;

/** Values of Acct-Status-Type. RFC 2866 section 5.1. */
export const AcctStatusType = { Start: 1, Stop: 2, InterimUpdate: 3, AccountingOn: 7, AccountingOff: 8 } as const;

/** Values of Prompt. RFC 2869 section 5.10. */
export const Prompt = { NoEcho: 0, Echo: 1 } as const;
