interface ImportMetaEnv {
  readonly MASTHEAD_URL?: string;
  readonly MASTHEAD_PREVIEW?: string;
}
