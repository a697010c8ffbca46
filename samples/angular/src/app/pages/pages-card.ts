import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { injectCall, injectConnection, injectRegistration } from 'rxwamp/angular';
import { Presence } from '../presence/presence';
import { inWords } from '../words';

/** What somebody asked this page. */
interface Asked {
  readonly id: number;
  readonly from: string;
  readonly question: string;
}

/** How many questions are kept. */
const KEPT = 5;

/** A procedure that this page offers, and those of the other pages. */
@Component({
  selector: 'app-pages-card',
  host: { class: 'card' },
  template: `
    <h2>Page to page</h2>
    <p class="hint">
      This page offers a procedure of its own:
      <code data-testid="own-procedure" [attr.data-status]="offered.status()">{{
        own() ?? 'none, without a session'
      }}</code>. Open the dashboard in another tab, and they can call each other.
    </p>
    @if (offered.error(); as failure) {
      <p class="says bad" role="alert">{{ inWords(failure) }}</p>
    }
    <label class="field"
      >What this page answers <input maxlength="80" [value]="answer()" (input)="setAnswer($event)" data-testid="answer"
    /></label>
    <form class="stack" (submit)="ask($event)">
      <div class="columns">
        <label class="field"
          >Ask the page
          <select (change)="choose($event)" data-testid="page">
            @for (one of others(); track one.id) {
              <option [value]="one.id" [selected]="one.id === chosen()">{{ one.name }}</option>
            } @empty {
              <option value="" selected>no other page is here</option>
            }
          </select>
        </label>
        <label class="field"
          >Question <input maxlength="80" value="How is the wind?" name="question" data-testid="question"
        /></label>
      </div>
      <div class="row">
        <button class="primary" type="submit" [disabled]="chosen() === undefined">Ask</button>
        <span role="status" class="says" [class.bad]="question.error()" data-testid="page-answer">
          @if (question.error(); as failure) {
            {{ inWords(failure) }}
          } @else if (question.isLoading()) {
            Asking …
          } @else if (question.value(); as said) {
            {{ said.from }}: “{{ said.text }}”
          }
        </span>
      </div>
    </form>
    <ul aria-label="Questions to this page" data-testid="asked">
      @for (one of asked(); track one.id) {
        <li>{{ one.from }} asked: “{{ one.question }}”</li>
      }
    </ul>
  `,
  styles: `
    ul {
      margin: 0;
      padding-inline-start: 1.1rem;
    }
    ul:empty {
      display: none;
    }
    code {
      overflow-wrap: anywhere;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PagesCard {
  protected readonly inWords = inWords;
  readonly #connection = injectConnection();
  readonly #presence = inject(Presence);
  readonly #session = computed(() => {
    const state = this.#connection();
    return state.status === 'connected' ? state.session.id : undefined;
  });
  readonly #name = computed(() => this.#presence.sessions()?.find(({ isSelf }) => isSelf)?.name ?? 'A page');

  protected readonly answer = signal('Fresh, from the west.');
  protected readonly asked = signal<readonly Asked[]>([]);
  protected readonly own = computed(() => pageUri(this.#session()));
  /** The session's number is in the URI: a new session is a new procedure, and the old one is taken back. */
  protected readonly offered = injectRegistration(this.own, ({ args: [from, question], id }) => {
    this.asked.update((all) => [{ id, from, question }, ...all].slice(0, KEPT));
    return { from: this.#name(), text: this.answer() };
  });

  protected readonly others = computed(
    () => this.#presence.sessions()?.filter(({ isSelf, role }) => !isSelf && role !== 'backend') ?? [],
  );
  /** Whom the user chose, as long as they are here. */
  protected readonly chosen = linkedSignal<readonly { readonly id: number }[], number | undefined>({
    source: this.others,
    computation: (others, before) => (others.find(({ id }) => id === before?.value) ?? others[0])?.id,
  });
  protected readonly question = injectCall(() => pageUri(this.chosen()), { options: { timeout: 5_000 } });

  protected setAnswer({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.answer.set(target.value);
  }

  protected choose({ target }: Event): void {
    if (target instanceof HTMLSelectElement) this.chosen.set(Number(target.value));
  }

  protected ask(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const question = new FormData(event.target).get('question');
    void this.question.call([this.#name(), typeof question === 'string' ? question : '']);
  }
}

const pageUri = (session: number | undefined): `farm.page.${number}` | undefined =>
  session === undefined ? undefined : `farm.page.${session}`;
