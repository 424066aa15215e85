/** Starts the page: takes the token, opens the link to the engine and mounts the app. */
import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { EngineLink } from './client/engine-link.ts'
import { takeToken } from './client/token.ts'
import { Workbench } from './state/workbench.svelte.ts'

const token = takeToken(window)
const link = new EngineLink({ origin: location.origin, token })
const workbench = new Workbench(link)
link.start() // before the page is built: the two go on side by side

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target, props: { workbench } })
